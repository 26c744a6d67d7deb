select
    geography_code,
    icb_code,
    small_areas,
    weight,
    share_of_icb,
    weight_basis
from {{ ref('la_icb') }}
