select
    return_name,
    period,
    body
from {{ ref('fct_returns_in') }}
group by return_name, period, body
having count(*) > 1
