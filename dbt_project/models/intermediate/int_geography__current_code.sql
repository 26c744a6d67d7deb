-- Northumberland was recoded twice, no area three times: two steps are enough, and a test says so.
with recodes as (

    select
        predecessor_code,
        successor_code
    from {{ ref('predecessors') }}
    where weight = 1 and share_of_predecessor = 1

)

select
    first_step.predecessor_code as geography_code,
    coalesce(second_step.successor_code, first_step.successor_code) as current_code
from recodes as first_step
left join recodes as second_step
    on first_step.successor_code = second_step.predecessor_code
