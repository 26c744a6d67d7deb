select successor_code as geography_code
from {{ ref('bridge_geography_predecessor') }}
group by successor_code
having abs(sum(weight) - 1) > 0.00005

union all

select predecessor_code as geography_code
from {{ ref('bridge_geography_predecessor') }}
group by predecessor_code
having abs(sum(share_of_predecessor) - 1) > 0.00005
