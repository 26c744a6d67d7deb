{%- set columns = [
    'metric_id', 'geography_code', 'geography_basis', 'geography_vintage', 'period_type', 'period_start', 'period_end',
    'breakdown_1', 'value_1', 'breakdown_2', 'value_2', 'source', 'statistical_status', 'numerator', 'denominator',
    'value', 'lower', 'upper', 'interval_method', 'status', 'status_reason', 'quality_flags', 'release_id', 'dataset',
    'receipt_id', 'known_from', 'known_to', 'source_file',
] -%}

with history as (

    select * from {{ ref('int_published__history') }}

),

sources as (

    select * from {{ ref('stg_published__sources') }}

)

select
    {%- for column in columns %}
    history.{{ column }},
    {%- endfor %}
    history.source_row,
    history.source_column,
    cast(sources.priority as {{ dbt.type_int() }}) as source_priority,
    history.receipt_id as receipt_set_id,
    cast(null as {{ dbt.type_string() }}) as build_id
from history
left join sources on history.source = sources.source

union all

select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    cast(null as {{ dbt.type_bigint() }}) as source_row,
    cast(null as {{ dbt.type_string() }}) as source_column,
    cast(source_priority as {{ dbt.type_int() }}) as source_priority,
    receipt_set_id,
    cast('{{ env_var("INCLUSION_CODE_VERSION") }}' as {{ dbt.type_string() }}) as build_id
from {{ ref('int_returns__figures') }}
