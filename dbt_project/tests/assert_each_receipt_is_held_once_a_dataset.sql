-- A receipt twice would double its figures, and each copy would close the other.
select
    receipt_id,
    dataset
from {{ ref('stg_published__releases') }}
group by receipt_id, dataset
having count(*) > 1
