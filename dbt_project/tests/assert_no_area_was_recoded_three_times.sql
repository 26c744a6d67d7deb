select recodes.geography_code
from {{ ref('int_geography__current_code') }} as recodes
inner join {{ ref('int_geography__current_code') }} as again on recodes.current_code = again.geography_code
