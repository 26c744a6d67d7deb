-- A body that the register does not know would otherwise drop out without a word. Where there is no register of its kind
-- at all (seeds/geography/schools.csv is empty until a deployment fills it), nothing of that kind is counted yet.
select receipts.receipt_id
from {{ ref('stg_returns__receipts') }} as receipts
inner join {{ ref('stg_returns__returns') }} as returns on receipts.return_name = returns.return_name
left join {{ ref('int_returns__submissions') }} as submissions on receipts.receipt_id = submissions.receipt_id
where
    submissions.receipt_id is null
    and returns.body_kind in (select body_kind from {{ ref('int_returns__bodies') }})
