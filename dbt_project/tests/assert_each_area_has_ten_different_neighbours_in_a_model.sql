select
    geography_code,
    model
from {{ ref('bridge_neighbour') }}
group by geography_code, model
having
    count(distinct neighbour_code) <> 10
    or count(*) <> 10
    or min(neighbour_rank) <> 1
    or max(neighbour_rank) <> 10
    or max(case when neighbour_code = geography_code then 1 else 0 end) = 1
