// Jobs {id, length, due} on one machine; less total lateness is better.

function urgency(job, now) {
  return job.due - now;
}

function schedule(jobs) {
  const left = [...jobs];
  const order = [];
  let now = 0;
  while (left.length > 0) {
    left.sort((a, b) => urgency(a, now) - urgency(b, now));
    const job = left.shift();
    now += job.length;
    order.push(job.id);
  }
  return order;
}

module.exports = { schedule };
