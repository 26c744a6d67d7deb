{{ config(materialized='ephemeral') }}

-- What a local authority counts towards: itself, its region, the country.
with authorities as (

    select
        geography_code,
        region_code
    from {{ ref('stg_geography__areas') }}
    where level = 'la'

)

select
    geography_code,
    geography_code as wider_code
from authorities
union all
select
    geography_code,
    region_code as wider_code
from authorities
where region_code is not null
union all
select
    authorities.geography_code,
    country.geography_code as wider_code
from authorities
cross join (select geography_code from {{ ref('stg_geography__areas') }} where level = 'national') as country
