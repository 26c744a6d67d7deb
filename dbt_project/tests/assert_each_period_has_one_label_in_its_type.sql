select
    period_type,
    label
from {{ ref('dim_period') }}
group by period_type, label
having count(*) > 1
