select
    metric_id,
    geography_code,
    period_start,
    revised_on
from {{ ref('fct_revision') }}
group by
    metric_id, geography_code, geography_basis, period_type, period_start, period_end,
    breakdown_1, value_1, breakdown_2, value_2, source, revised_on
having count(*) > 1
