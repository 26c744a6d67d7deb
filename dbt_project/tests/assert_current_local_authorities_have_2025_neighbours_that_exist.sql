{{ config(meta={'dagster': {'ref': {'name': 'bridge_neighbour'}}}) }}
select areas.geography_code
from {{ ref('dim_geography') }} as areas
left join {{ ref('bridge_neighbour') }} as neighbours
    on areas.geography_code = neighbours.geography_code and neighbours.model = '2025'
left join {{ ref('dim_geography') }} as other on neighbours.neighbour_code = other.geography_code
where areas.level = 'la' and areas.is_current and coalesce(other.is_current, false) = false
