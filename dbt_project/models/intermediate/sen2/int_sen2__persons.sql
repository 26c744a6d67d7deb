-- One row a person and submission. What SEN2 does not ask is linked through the person from the school census of the
-- same day as it now stands; who is not found there is unknown.
with census as (

    select
        pupils.person_id,
        submissions.reference_date,
        max(case when pupils.fsm then 'eligible' else 'not_eligible' end) as free_school_meals,
        max(lower(pupils.sentype1)) as primary_need,
        max(case pupils.senprovision when 'E' then 'ehc_plan' when 'K' then 'sen_support' else 'no_sen' end)
            as sen_provision
    from {{ ref('stg_school_census__pupils') }} as pupils
    inner join {{ ref('int_returns__submissions') }} as submissions
        on pupils.submission_id = submissions.submission_id
    where submissions.is_current and pupils.enrolstatus in ('C', 'M')
    group by pupils.person_id, submissions.reference_date

),

persons as (

    select
        persons.submission_id,
        persons.person_id,
        max(persons.sex) as sex,
        min(persons.personbirthdate) as birth_month
    from {{ ref('stg_sen2__persons') }} as persons
    group by persons.submission_id, persons.person_id

)

select
    persons.submission_id,
    persons.person_id,
    persons.birth_month,
    case persons.sex when 'F' then 'female' when 'M' then 'male' else 'unknown' end as sex,
    coalesce(census.free_school_meals, 'unknown') as free_school_meals,
    coalesce(census.primary_need, 'unknown') as primary_need,
    coalesce(census.sen_provision, 'unknown') as sen_provision
from persons
inner join {{ ref('int_returns__submissions') }} as submissions on persons.submission_id = submissions.submission_id
left join census
    on persons.person_id = census.person_id and submissions.reference_date = census.reference_date
