select * from {{ source('catalogue', 'returns_receipts') }}
