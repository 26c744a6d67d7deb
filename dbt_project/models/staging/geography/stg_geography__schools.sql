select * from {{ ref('schools') }}
