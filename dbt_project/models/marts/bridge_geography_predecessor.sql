select
    successor_code,
    predecessor_code,
    weight,
    share_of_predecessor,
    weight_basis,
    changed_on
from {{ ref('predecessors') }}
