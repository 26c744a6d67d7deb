select
    metric_id,
    geography_code
from {{ ref('fct_evidence_quality') }}
where periods_held > periods_possible or areas_held > areas_possible or figures_not_shown > figures_held
