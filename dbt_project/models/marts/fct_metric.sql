with history as (

    select * from {{ ref('int_published__history') }}

),

sources as (

    select * from {{ ref('stg_published__sources') }}

)

select
    history.metric_id,
    history.geography_code,
    history.geography_basis,
    history.geography_vintage,
    history.period_type,
    history.period_start,
    history.period_end,
    history.breakdown_1,
    history.value_1,
    history.breakdown_2,
    history.value_2,
    history.source,
    history.statistical_status,
    history.numerator,
    history.denominator,
    history.value,
    history.lower,
    history.upper,
    history.interval_method,
    history.status,
    history.status_reason,
    history.quality_flags,
    history.release_id,
    history.dataset,
    history.receipt_id,
    history.known_from,
    history.known_to,
    history.source_file,
    history.source_row,
    history.source_column,
    cast(sources.priority as {{ dbt.type_int() }}) as source_priority,
    history.receipt_id as receipt_set_id,
    cast(null as {{ dbt.type_string() }}) as build_id
from history
left join sources on history.source = sources.source
