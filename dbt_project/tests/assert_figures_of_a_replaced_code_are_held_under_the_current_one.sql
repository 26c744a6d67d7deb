{{ config(meta={'dagster': {'ref': {'name': 'fct_metric'}}}) }}
select figures.geography_code
from {{ ref('fct_metric') }} as figures
inner join {{ ref('int_geography__current_code') }} as recodes on figures.geography_code = recodes.geography_code
