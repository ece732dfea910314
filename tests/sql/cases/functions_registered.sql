-- Every function of the plugin set is there, under the name that it declares.
SELECT origin, count(), arraySort(groupArray(name)) FROM system.functions
WHERE origin IN ('ExecutableUserDefined', 'SQLUserDefined') GROUP BY origin ORDER BY toString(origin);
