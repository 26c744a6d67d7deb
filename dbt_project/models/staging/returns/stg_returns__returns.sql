select * from {{ source('catalogue', 'returns_returns') }}
