-- A metric that only returns answer in this store is as the semantic layer defines it, any other as its mapping does, so
-- that a return changes nothing that is public. A test holds the two definitions together.
with from_returns as (

    select metric_id from {{ ref('int_returns__history') }}
    except
    select metric_id from {{ ref('stg_published__figures') }}

)

select
    published.metric_id,
    published.label,
    published.short_label,
    published.family,
    published.theme,
    cast(published.domain_row as {{ dbt.type_int() }}) as domain_row,
    published.description,
    published.numerator_label,
    published.denominator_label,
    published.unit,
    published.value_labels,
    cast(published.decimals as {{ dbt.type_int() }}) as decimals,
    published.polarity,
    published.period_type,
    published.geography_basis,
    published.stat_method,
    published.interval_reason,
    published.key_metric,
    published.key_reason,
    cast(published.headline_order as {{ dbt.type_int() }}) as headline_order,
    published.standard_label,
    cast(published.standard_value as double) as standard_value,
    published.caveats,
    published.known_breaks,
    published.source_title
from {{ ref('stg_published__metrics') }} as published
left join from_returns on published.metric_id = from_returns.metric_id
where from_returns.metric_id is null

union all

select
    metrics.metric_id,
    metrics.label,
    metrics.short_label,
    metrics.family,
    metrics.theme,
    metrics.domain_row,
    metrics.description,
    metrics.numerator_label,
    metrics.denominator_label,
    metrics.unit,
    cast(null as {{ dbt.type_string() }}) as value_labels,
    metrics.decimals,
    metrics.polarity,
    metrics.period_type,
    metrics.geography_basis,
    metrics.stat_method,
    metrics.interval_reason,
    metrics.key_metric,
    metrics.key_reason,
    metrics.headline_order,
    metrics.standard_label,
    metrics.standard_value,
    metrics.caveats,
    '[]' as known_breaks,
    returns.title as source_title
from {{ ref('int_returns__metrics') }} as metrics
inner join from_returns on metrics.metric_id = from_returns.metric_id
inner join {{ ref('stg_returns__returns') }} as returns on metrics.return_name = returns.return_name
