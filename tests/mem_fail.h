/* Memory that runs out. The test programs are linked so that their calls of malloc() and its like
 * pass through here; nothing of it is in a released program. */
#ifndef SALTWELL_MEM_FAIL_H
#define SALTWELL_MEM_FAIL_H

/* The n-th allocation from now fails, once. 0 switches that off. Returns how far away an
 * earlier n still was: 0 where its call has failed. */
unsigned long mem_fail_call(unsigned long n);

#endif
