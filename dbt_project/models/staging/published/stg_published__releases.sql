select * from {{ source('catalogue', 'dim_release') }}
