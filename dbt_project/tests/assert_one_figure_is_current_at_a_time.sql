-- Also fails when two datasets of one release disagree about a figure: nothing could say which stands.
select
    metric_id,
    geography_code,
    period_start,
    source,
    known_from
from {{ ref('fct_metric') }}
group by
    metric_id, geography_code, geography_basis, period_type, period_start, period_end,
    breakdown_1, value_1, breakdown_2, value_2, source, known_from
having count(*) > 1
