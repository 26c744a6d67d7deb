-- Assessments that ended in the year before census day with a decision whether to issue a plan.
select
    assessments.submission_id || ' ' || assessments.assessmenttableid as assessment_id,
    assessments.submission_id,
    submissions.geography_code,
    submissions.is_current,
    submissions.year_start as period_start,
    submissions.year_end as period_end,
    coalesce(persons.sex, 'unknown') as sex,
    {{ age_band(years_between('persons.birth_month', 'assessments.assessmentoutcomedate')) }} as age_band,
    coalesce(persons.free_school_meals, 'unknown') as free_school_meals,
    assessments.assessmentoutcome = 'N' as no_plan
from {{ ref('stg_sen2__assessments') }} as assessments
inner join {{ ref('int_returns__submissions') }} as submissions
    on assessments.submission_id = submissions.submission_id
inner join {{ ref('stg_sen2__requests') }} as requests
    on
        assessments.submission_id = requests.submission_id
        and assessments.requeststableid = requests.requeststableid
left join {{ ref('int_sen2__persons') }} as persons
    on assessments.submission_id = persons.submission_id and requests.person_id = persons.person_id
where
    assessments.assessmentoutcome in ('Y', 'N')
    and assessments.assessmentoutcomedate between submissions.year_start and submissions.year_end
