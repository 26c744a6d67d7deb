select
    figures.metric_id,
    figures.geography_code,
    figures.period_start,
    figures.receipt_set_id
from {{ ref('fct_metric') }} as figures
left join {{ ref('bridge_receipt_set') }} as sets on figures.receipt_set_id = sets.receipt_set_id
where figures.receipt_id is null and sets.receipt_id is null
