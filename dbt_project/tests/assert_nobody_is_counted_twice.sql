-- A join that finds two rows would count a child twice.
select request_id as counted_twice
from {{ ref('int_sen2__requests') }}
group by request_id
having count(*) > 1

union all

select plan_id as counted_twice
from {{ ref('int_sen2__new_plans') }}
group by plan_id
having count(*) > 1

union all

select plan_id as counted_twice
from {{ ref('int_sen2__plans_of_year') }}
group by plan_id
having count(*) > 1

union all

select assessment_id as counted_twice
from {{ ref('int_sen2__assessments') }}
group by assessment_id
having count(*) > 1

union all

select plan_id as counted_twice
from {{ ref('int_sen2__active_plans') }}
group by plan_id
having count(*) > 1

union all

select plan_id as counted_twice
from {{ ref('int_sen2__reviews') }}
group by plan_id
having count(*) > 1

union all

select pupil_id as counted_twice
from {{ ref('int_school_census__pupils') }}
group by pupil_id
having count(*) > 1
