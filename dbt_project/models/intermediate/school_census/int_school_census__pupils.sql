-- Pupils on roll on census day, each at the one school that counts them: a single or a main dual enrolment.
select
    pupils.submission_id || ' ' || cast(pupils.source_row as {{ dbt.type_string() }}) as pupil_id,
    pupils.submission_id,
    submissions.geography_code,
    submissions.is_current,
    submissions.reference_date as period_start,
    submissions.reference_date as period_end,
    case pupils.sex when 'F' then 'female' when 'M' then 'male' else 'unknown' end as sex,
    {{ age_band(years_between('pupils.dob', 'submissions.reference_date')) }} as age_band,
    case when pupils.fsm then 'eligible' when not pupils.fsm then 'not_eligible' else 'unknown' end
        as free_school_meals,
    schools.phase,
    pupils.senprovision = 'E' as has_plan,
    pupils.senprovision = 'K' as has_sen_support
from {{ ref('stg_school_census__pupils') }} as pupils
inner join {{ ref('int_returns__submissions') }} as submissions on pupils.submission_id = submissions.submission_id
inner join {{ ref('stg_geography__schools') }} as schools on submissions.body = schools.urn
where
    pupils.enrolstatus in ('C', 'M')
    and (pupils.leavingdate is null or pupils.leavingdate > submissions.reference_date)
    -- Only the January census counts special educational needs for the year.
    and extract(month from submissions.reference_date) = 1
