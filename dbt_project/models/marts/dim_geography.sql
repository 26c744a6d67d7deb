with areas as (

    select * from {{ ref('stg_geography__areas') }}

),

recodes as (

    select * from {{ ref('int_geography__current_code') }}

),

-- Figures of an area are held under its current code, so that code stands for the area from the area's own beginning.
beginnings as (

    select
        recodes.current_code as geography_code,
        min(areas.valid_from) as valid_from
    from recodes
    inner join areas on recodes.geography_code = areas.geography_code
    group by recodes.current_code

)

select
    areas.geography_code,
    areas.name,
    areas.short_name,
    areas.sort_name,
    areas.level,
    areas.la_code,
    areas.region_code,
    regions.name as region_name,
    areas.sub_region_code,
    coalesce(beginnings.valid_from, areas.valid_from) as valid_from,
    areas.valid_to,
    areas.valid_to is null as is_current,
    -- A replaced code of an area that lives on holds no figures: it would count that area twice.
    areas.comparable and recodes.current_code is null as comparable,
    areas.tile_col,
    areas.tile_row,
    areas.aliases
from areas
left join areas as regions on areas.region_code = regions.geography_code
left join beginnings on areas.geography_code = beginnings.geography_code
left join recodes on areas.geography_code = recodes.geography_code
