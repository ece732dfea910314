/* The one place where the version stands; the changelog is checked against it. */
#ifndef SALTWELL_VERSION_H
#define SALTWELL_VERSION_H

#define SALTWELL_VERSION "0.2.0"

#endif
