{{ config(enabled=env_var("INCLUSION_WORLD", "real") == "real") }}

select count(*) as areas
from {{ ref('dim_geography') }}
where level = 'la' and is_current
having count(*) <> 153
