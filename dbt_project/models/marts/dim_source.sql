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
