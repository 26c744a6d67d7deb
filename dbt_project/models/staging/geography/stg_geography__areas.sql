select * from {{ ref('local_authorities') }}
union all
select * from {{ ref('wider_areas') }}
