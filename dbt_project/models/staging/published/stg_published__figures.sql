select * from {{ source('landed', 'figures') }}
