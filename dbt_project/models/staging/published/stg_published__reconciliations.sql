select * from {{ source('catalogue', 'dim_reconciliation') }}
