-- A body that the register does not know would otherwise drop out without a word.
select receipts.receipt_id
from {{ ref('stg_returns__receipts') }} as receipts
left join {{ ref('int_returns__submissions') }} as submissions on receipts.receipt_id = submissions.receipt_id
where submissions.receipt_id is null
