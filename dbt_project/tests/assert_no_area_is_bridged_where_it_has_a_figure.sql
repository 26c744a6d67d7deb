select
    bridged.metric_id,
    bridged.geography_code,
    bridged.period_start
from {{ ref('fct_bridged') }} as bridged
inner join {{ ref('fct_metric') }} as figures
    on
        bridged.metric_id = figures.metric_id
        and bridged.geography_code = figures.geography_code
        and bridged.geography_basis = figures.geography_basis
        and bridged.period_type = figures.period_type
        and bridged.period_start = figures.period_start
        and bridged.period_end = figures.period_end
where figures.known_to is null and figures.value_1 = 'total' and figures.value_2 = 'total'
