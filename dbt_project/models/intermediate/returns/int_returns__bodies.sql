{{ config(materialized='ephemeral') }}

-- An authority sends under the code it has today, or its three-digit one, also about days before it had that code.
with beginnings as (

    select
        recodes.current_code as geography_code,
        min(areas.valid_from) as valid_from
    from {{ ref('int_geography__current_code') }} as recodes
    inner join {{ ref('stg_geography__areas') }} as areas on recodes.geography_code = areas.geography_code
    group by recodes.current_code

)

select
    'la' as body_kind,
    areas.geography_code as body,
    areas.la_code as short_code,
    areas.short_name as body_name,
    areas.geography_code,
    coalesce(beginnings.valid_from, areas.valid_from) as valid_from,
    areas.valid_to
from {{ ref('stg_geography__areas') }} as areas
left join beginnings on areas.geography_code = beginnings.geography_code
left join {{ ref('int_geography__current_code') }} as recodes on areas.geography_code = recodes.geography_code
where areas.level = 'la' and recodes.current_code is null

union all

select
    'school' as body_kind,
    urn as body,
    urn as short_code,
    name as body_name,
    geography_code,
    valid_from,
    valid_to
from {{ ref('stg_geography__schools') }}
