-- A revision must end after it began; that the next begins where it ends follows from how known_to is made.
select
    metric_id,
    geography_code,
    period_start,
    known_from,
    known_to
from {{ ref('fct_metric') }}
where known_to <= known_from
