select geography_code
from {{ ref('dim_geography') }}
where is_current and level in ('la', 'icb') and (tile_col is null or tile_row is null)
