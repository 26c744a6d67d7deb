select
    metric_id,
    geography_code,
    period_start
from {{ ref('fct_reconciliation') }}
group by
    comparison, metric_id, geography_code, geography_basis, period_type, period_start, period_end,
    breakdown_1, value_1, breakdown_2, value_2, source, other_source
having count(*) > 1
