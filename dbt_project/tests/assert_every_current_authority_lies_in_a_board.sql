{{ config(enabled=env_var("INCLUSION_WORLD", "real") == "real") }}

select areas.geography_code
from {{ ref('dim_geography') }} as areas
left join {{ ref('bridge_la_icb') }} as boards on areas.geography_code = boards.geography_code
where areas.level = 'la' and areas.is_current and boards.geography_code is null
