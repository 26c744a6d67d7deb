select geography_code as area_code
from {{ ref('bridge_la_icb') }}
group by geography_code
having abs(sum(weight) - 1) > 0.00005

union all

select icb_code as area_code
from {{ ref('bridge_la_icb') }}
group by icb_code
having abs(sum(share_of_icb) - 1) > 0.00005
