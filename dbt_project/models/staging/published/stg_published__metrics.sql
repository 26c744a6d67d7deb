select * from {{ source('catalogue', 'dim_metric') }}
