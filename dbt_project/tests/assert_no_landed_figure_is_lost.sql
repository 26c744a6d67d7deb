{{ config(meta={'dagster': {'ref': {'name': 'fct_metric'}}}) }}
-- Every landed figure is in the history or says the same as one that is; so each key landed is there.
select distinct
    landed.metric_id,
    landed.source,
    landed.period_start
from {{ ref('stg_published__figures') }} as landed
left join {{ ref('int_geography__current_code') }} as recodes on landed.geography_code = recodes.geography_code
left join {{ ref('fct_metric') }} as figures
    on
        landed.metric_id = figures.metric_id
        and coalesce(recodes.current_code, landed.geography_code) = figures.geography_code
        and landed.geography_basis = figures.geography_basis
        and landed.period_type = figures.period_type
        and landed.period_start = figures.period_start
        and landed.period_end = figures.period_end
        and landed.breakdown_1 = figures.breakdown_1
        and landed.value_1 = figures.value_1
        and landed.breakdown_2 = figures.breakdown_2
        and landed.value_2 = figures.value_2
        and landed.source = figures.source
where figures.metric_id is null
