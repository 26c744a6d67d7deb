select
    source,
    publication_title,
    publisher,
    licence,
    statistical_status,
    cast(priority as {{ dbt.type_int() }}) as priority,
    next_release,
    contact
from {{ ref('stg_published__sources') }}

union all

select distinct
    returns.return_name as source,
    returns.title as publication_title,
    returns.publisher,
    cast(null as {{ dbt.type_string() }}) as licence,
    returns.statistical_status,
    cast(returns.priority as {{ dbt.type_int() }}) as priority,
    cast(null as {{ dbt.type_string() }}) as next_release,
    cast(null as {{ dbt.type_string() }}) as contact
from {{ ref('stg_returns__returns') }} as returns
inner join {{ ref('stg_returns__receipts') }} as receipts on returns.return_name = receipts.return_name
