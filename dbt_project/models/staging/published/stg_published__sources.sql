select * from {{ source('catalogue', 'dim_source') }}
