{{ config(materialized='ephemeral') }}

-- A local authority sends under either of its codes.
select
    'la' as body_kind,
    areas.geography_code as body,
    areas.la_code as short_code,
    areas.short_name as body_name,
    coalesce(recodes.current_code, areas.geography_code) as geography_code,
    areas.valid_from,
    areas.valid_to
from {{ ref('stg_geography__areas') }} as areas
left join {{ ref('int_geography__current_code') }} as recodes on areas.geography_code = recodes.geography_code
where areas.level = 'la'

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
