select
    geography_code,
    model,
    neighbour_rank,
    neighbour_code,
    closeness
from {{ ref('neighbours') }}
