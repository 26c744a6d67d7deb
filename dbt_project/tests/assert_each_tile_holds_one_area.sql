select
    level,
    tile_col,
    tile_row,
    count(*) as areas
from {{ ref('dim_geography') }}
where is_current and tile_col is not null
group by level, tile_col, tile_row
having count(*) > 1
